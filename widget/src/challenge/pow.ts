/**
 * Proof of work, for sites that ask for it: a number whose SHA-256 (FIPS 180-4), after the seed and
 * a dot, begins with enough zero bits. Our own hash, as browsers keep theirs from insecure pages
 * and answer it by a promise for each of some sixty thousand attempts.
 */

interface Question {
  token: string;
  /** 32 hexadecimal digits. */
  seed: string;
  bits: number;
}

/** How long the page waits for one slice of the work. */
const SLICE_MS = 10;

/** The first 32 bits of the fractional part. */
const fraction = (value: number): number => ((value % 1) * 2 ** 32) | 0;

const primes: number[] = [];
for (let candidate = 2; primes.length < 64; candidate++)
  if (primes.every((prime) => candidate % prime)) primes.push(candidate);
const ROUNDS = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
type Words = [number, number, number, number, number, number, number, number];
const START = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))) as Words;

const w = new Int32Array(64);
const at = (place: number): number => w[place] ?? 0;

/** The first 32 bits of the hash of a text of at most 55 ASCII characters, as a signed number. */
export const firstWord = (text: string): number => {
  w.fill(0);
  const { length } = text;
  for (let i = 0; i <= length; i++)
    w[i >> 2] = at(i >> 2) | ((i < length ? text.charCodeAt(i) : 0x80) << (24 - (i % 4) * 8));
  w[15] = length * 8;
  let [a, b, c, d, e, f, g, h] = START;
  for (let i = 0; i < 64; i++) {
    if (i > 15) {
      const x = at(i - 15);
      const y = at(i - 2);
      w[i] =
        at(i - 16) +
        at(i - 7) +
        (((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)) +
        (((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10));
    }
    const one =
      h +
      (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) +
      ((e & f) ^ (~e & g)) +
      (ROUNDS[i] ?? 0) +
      at(i);
    const two =
      (((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) +
      ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  return (a + START[0]) | 0;
};

/** The number, found in slices between which the page goes on. `bits` is at most 31. */
export const find = async (seed: string, bits: number): Promise<string> => {
  for (let number = 0; ; ) {
    const end = performance.now() + SLICE_MS;
    while (performance.now() < end)
      for (let i = 0; i < 64; i++, number++)
        if (firstWord(`${seed}.${number}`) >>> (32 - bits) === 0) return `${number}`;
    await new Promise((resolve) => setTimeout(resolve));
  }
};

/** The report's body with the solution in it. */
export const solve = async ({ token, seed, bits }: Question, body: string): Promise<string> =>
  JSON.stringify({
    ...(JSON.parse(body) as object),
    challenge: { token, solution: await find(seed, bits) },
  });
