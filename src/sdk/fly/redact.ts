const redacted = '[token]';
/** Shorter pieces are no secrets and stand in ordinary text. */
const leastChars = 8;

/**
 * Cuts the token out of a text, in case Fly ever repeats it: whole, and each of the macaroons of which a `FlyV1` token
 * consists.
 */
export function redactor(token: string): (text: string) => string {
  const macaroons = token.replace(/^FlyV1 /, '').split(',');
  const pieces = [token, ...macaroons].filter((piece) => piece.length >= leastChars);
  return (text) => pieces.reduce((rest, piece) => rest.replaceAll(piece, redacted), text);
}
