import { reply } from "zpipe";

/** A query of GET, or the text of a POST's body. */
type Question = { readonly possible_prime: string } | string;

/**
 * From text to a number. What is no odd number above 1 is answered from here: the only prime among them is 2, and 2 is also
 * the answer for every number that is not prime.
 */
export default (question: Question) => {
  const text = typeof question === "string" ? question.trim() : question.possible_prime;
  if (!/^\d+$/.test(text)) throw Object.assign(new Error(complaint(question)), { status: 400 });
  const number = Number(text);
  if (text === "1" || /[02468]$/.test(text)) return reply(2);
  return number;
};

function complaint(question: Question): string {
  return typeof question === "string"
    ? "POST requests should have a path of 'is_prime' and a body with 'SOME_NUMBER'"
    : "GET requests should look like: 'is_prime?possible_prime=SOME_NUMBER'";
}
