export enum Sign {
  minus = "-",
  plus = "+",
}

export const signOf = (n: number | bigint): Sign => (n < 0 ? Sign.minus : Sign.plus);
