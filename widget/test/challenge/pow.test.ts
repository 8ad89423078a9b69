import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { find, firstWord, solve } from "../../src/challenge/pow";

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

describe("proof of work", () => {
  it("hashes as SHA-256 does", () => {
    for (const text of ["", "abc", "a".repeat(55), "0123456789abcdef0123456789abcdef.184467"])
      expect(firstWord(text)).toBe(sha256(text).readInt32BE(0));
  });

  it("finds a number whose hash begins with enough zero bits", async () => {
    const seed = "0123456789abcdef0123456789abcdef";

    const number = await find(seed, 12);

    expect(number).toMatch(/^\d+$/);
    expect(sha256(`${seed}.${number}`).readUInt32BE(0) >>> 20).toBe(0);
  });

  it("puts the solution into the report", async () => {
    const body = await solve({ token: "t", seed: "s", bits: 1 }, '{"site":"a"}');

    expect(JSON.parse(body)).toEqual({
      site: "a",
      challenge: { token: "t", solution: expect.stringMatching(/^\d+$/) as string },
    });
  });
});
