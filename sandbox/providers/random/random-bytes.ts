import { randomBytes } from "node:crypto";

import { numberOf, unknownValue } from "../protocol/property-values";
import type { Resource } from "../protocol/resource";
import { refusals } from "../protocol/supported-properties";
import { differenceOfInputs } from "./replaced-inputs";

const supported = { required: ["length"], optional: ["keepers"] };

/** `random:index/randomBytes:RandomBytes`: every change makes others. The id is the base64 text, as officially. */
export const randomBytesResource: Resource = {
  check: (inputs) => refusals("random", { ...inputs }, supported),
  diff: (request) => differenceOfInputs(request, {}),
  create: ({ preview }, inputs) => {
    if (preview) {
      return Promise.resolve({ id: "", outputs: { ...inputs, base64: unknownValue, hex: unknownValue } });
    }
    const length = numberOf(inputs, "length") ?? 0;
    if (length < 1) {
      throw new Error("random_bytes: length must be at least 1");
    }
    const bytes = randomBytes(length);
    const base64 = bytes.toString("base64");
    return Promise.resolve({ id: base64, outputs: { ...inputs, base64, hex: bytes.toString("hex") } });
  },
  update: (_operation, { oldOutputs }) => Promise.resolve(oldOutputs),
  read: (_operation, _id, inputs, outputs) => Promise.resolve({ inputs, outputs }),
  delete: () => Promise.resolve(),
};
