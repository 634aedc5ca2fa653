import type { Question } from "../helpers/http.js";

/** The n-th question to chaos.toml: a job that walks a loop, is scattered, and is joined twice. */
export function chaosQuestion(n: number): Question {
  const products = Array.from({ length: n % 5 }, (_, i) => n * i);
  return { path: `/?n=${n}`, answer: { n, own: true, products } };
}
