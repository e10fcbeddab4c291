import { timingSafeEqual } from 'node:crypto';

/** Compares the end of a text in a time that does not reveal how much of a guess is right. */
export function endsInSecret(text: string, end: string): boolean {
  const [own, given] = [Buffer.from(text.slice(-end.length)), Buffer.from(end)];
  return own.length === given.length && timingSafeEqual(own, given);
}
