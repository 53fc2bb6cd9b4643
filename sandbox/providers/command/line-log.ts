import { StringDecoder } from "node:string_decoder";

/** Turns chunks of output into whole lines, in the order of arrival; a last line without a newline comes at the end. */
export class LineLog {
  readonly #decoder = new StringDecoder("utf8");
  readonly #show: (line: string) => void;
  #rest = "";

  constructor(show: (line: string) => void) {
    this.#show = show;
  }

  write(chunk: Buffer): void {
    const lines = `${this.#rest}${this.#decoder.write(chunk)}`.split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      this.#show(line);
    }
  }

  end(): void {
    if (this.#rest !== "") {
      this.#show(this.#rest);
    }
  }
}
