import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

import type { ResourceLog } from "./resource";

/** Messages to the engine, one after the other, so that they are shown in the order in which they were written. */
export class EngineLog {
  readonly #engine: EngineClient | undefined;
  #last: Promise<void> = Promise.resolve();

  /** Without an address (a plugin started by hand) messages go to stderr. */
  constructor(address: string | undefined) {
    this.#engine =
      address === undefined ? undefined : new EngineClient(address, credentials.createInsecure());
  }

  /** The log of one resource. */
  forResource(urn: string): ResourceLog {
    return {
      warning: (message) => {
        this.#send(urn, LogSeverity.WARNING, message, false);
      },
      error: (message) => {
        this.#send(urn, LogSeverity.ERROR, message, false);
      },
      status: (message) => {
        this.#send(urn, LogSeverity.INFO, message, true);
      },
    };
  }

  /** Resolves when everything written so far has reached the engine. */
  flushed(): Promise<void> {
    return this.#last;
  }

  #send(urn: string, severity: LogSeverity, message: string, ephemeral: boolean): void {
    this.#last = this.#last.then(() => this.#deliver(urn, severity, message, ephemeral));
  }

  #deliver(urn: string, severity: LogSeverity, message: string, ephemeral: boolean): Promise<void> {
    const engine = this.#engine;
    if (engine === undefined) {
      process.stderr.write(`${message}\n`);
      return Promise.resolve();
    }
    const request = new LogRequest();
    request.setUrn(urn).setSeverity(severity).setMessage(message).setEphemeral(ephemeral);
    return new Promise((resolve) => {
      // A message that cannot be delivered must not fail the operation that it is about.
      engine.log(request, () => {
        resolve();
      });
    });
  }
}
