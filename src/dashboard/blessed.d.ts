/** As much of blessed as the dashboard uses: its screen as a page of cells, and its keys. */
declare module "blessed" {
  /** An attribute (flags, foreground and background in 9 bits each) and what stands in the cell. */
  export type Cell = [attribute: number, text: string];
  export type Line = Cell[] & { dirty: boolean };

  export interface Key {
    readonly full: string;
    readonly ctrl: boolean;
    readonly meta: boolean;
  }

  export interface Program {
    readonly tput: { brokenACS: boolean };
    on(event: "keypress", listener: (character: string | undefined, key: Key) => void): void;
    on(event: "resize", listener: () => void): void;
  }

  export interface Screen {
    readonly width: number;
    readonly height: number;
    /** What is to be seen. */
    readonly lines: Line[];
    /** What the terminal shows. */
    readonly olines: Line[];
    draw(first: number, last: number): void;
    destroy(): void;
  }

  interface ProgramOptions {
    readonly input: NodeJS.ReadStream;
    readonly output: NodeJS.WriteStream;
    readonly terminal: string;
    readonly extended: boolean;
    readonly forceUnicode: boolean;
    readonly tput: boolean;
    readonly buffer: boolean;
    readonly zero: boolean;
  }

  const blessed: {
    program(options: ProgramOptions): Program;
    screen(options: { readonly program: Program; readonly resizeTimeout?: number }): Screen;
  };
  export default blessed;
}
