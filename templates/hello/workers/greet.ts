import type { Context } from "zpipe";

interface Request {
  name: string;
  times: number;
}

/** Gets the parameters of the route, typed and checked; what it returns goes along the edges of the stage. */
export default ({ name, times }: Request, ctx: Context) => {
  ctx.log.info("greeting", { name, times });
  return { greetings: new Array(times).fill(`Hello, ${name}!`) };
};
