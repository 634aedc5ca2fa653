import { Agent, type IncomingHttpHeaders, request } from "node:http";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  /** Undefined when it is none. */
  readonly json: unknown;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
  readonly agent?: Agent;
}

/** One HTTP request, on a connection of its own unless an agent says otherwise. Rejects when the connection breaks. */
export function ask(url: string, { body, ...options }: Asking = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const sent = request(url, { agent: false, method, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve(answer(response.statusCode!, response.headers, Buffer.concat(chunks))));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

export function post(url: string, value: unknown): Promise<Answer> {
  return ask(url, { body: JSON.stringify(value), headers: { "content-type": "application/json" } });
}

function answer(status: number, headers: IncomingHttpHeaders, body: Buffer): Answer {
  const text = body.toString();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Not every answer is JSON.
  }
  return { status, headers, body, text, json };
}

/** What one client asks, and what it must get. */
export interface Question {
  readonly path: string;
  readonly answer: unknown;
  /** 200 if not given; of any other, the answer is not looked at. */
  readonly status?: number;
}

/** Clients that ask one question after the other, each on a connection of its own, until they are told to stop. */
export class Load {
  readonly wrong: string[] = [];
  asked = 0;
  answered = 0;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #clients: Promise<void>[];
  #stopped = false;
  #waiting: { readonly until: number; readonly resolve: () => void }[] = [];

  /** @param question the n-th; all are different, so that an answer given to another client is seen */
  constructor(
    private readonly url: string,
    clients: number,
    private readonly question: (n: number) => Question,
  ) {
    this.#clients = Array.from({ length: clients }, () => this.#client());
  }

  /** Resolves when so many more have been answered; what is wrong ends the waiting too. */
  more(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ until: this.answered + count, resolve });
      this.#look();
    });
  }

  /** Resolves when the last question is answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
    this.#agent.destroy();
  }

  async #client(): Promise<void> {
    while (!this.#stopped) {
      const question = this.question(this.asked++);
      const fault = await this.#fault(question);
      if (fault !== undefined) this.wrong.push(`${question.path}: ${fault}`);
      this.answered++;
      this.#look();
    }
  }

  async #fault({ path, answer, status: wanted = 200 }: Question): Promise<string | undefined> {
    try {
      const { status, text } = await ask(this.url + path, { agent: this.#agent });
      const right = status === wanted && (status !== 200 || text === JSON.stringify(answer));
      return right ? undefined : `${status} ${text}`;
    } catch (error) {
      return String(error);
    }
  }

  #look(): void {
    const over = this.wrong.length > 0;
    for (const { until, resolve } of this.#waiting) if (over || this.answered >= until) resolve();
    this.#waiting = this.#waiting.filter(({ until }) => !over && this.answered < until);
  }
}
