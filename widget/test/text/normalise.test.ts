import { expect, test } from "vitest";
import vectors from "../../../tests/vectors/text.json";
import { normalise } from "../../src/text/normalise";

test.each(vectors)("$name", ({ input, output }) => {
  expect(normalise(input)).toBe(output);
  expect(normalise(output)).toBe(output);
});

test("no two vectors have one name", () => {
  expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
});
