/** The field and the curve constant of RFC 8032, section 5.1. */
const prime = 2n ** 255n - 19n;
const d = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

/**
 * Heights (y) of the eight points whose multiples repeat at once. With such a "public key" a signature can be
 * made without any private key.
 */
const smallOrderHeights: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  prime - 1n,
  2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  55188659117513257062467267217118295137698188065244968500265048394206261417927n,
]);

/** Whether the 32 bytes encode a point of the curve that can be somebody's public key. */
export function isEd25519PublicKey(bytes: Buffer): boolean {
  const encoded = BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
  const height = encoded & (2n ** 255n - 1n);
  if (height >= prime || smallOrderHeights.has(height)) return false;
  const square = height * height;
  // x² = (y² - 1) / (d y² + 1) must have a root: Euler's criterion. A fraction has one if the product has one.
  const product = ((((square - 1n) * (d * square + 1n)) % prime) + prime) % prime;
  return power(product, (prime - 1n) / 2n) === 1n;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % prime) {
    if (rest & 1n) result = (result * square) % prime;
  }
  return result;
}
