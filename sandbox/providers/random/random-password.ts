import { hashSync } from "bcryptjs";
import { numberOf, textOf, unknownValue, type Properties } from "../protocol/property-values";
import type { Resource } from "../protocol/resource";
import { refusals } from "../protocol/supported-properties";
import { generatePassword, type PasswordRules } from "./generate-password";
import { differenceOfInputs } from "./replaced-inputs";

const supported = {
  required: ["length"],
  optional: [
    "keepers",
    "lower",
    "minLower",
    "minNumeric",
    "minSpecial",
    "minUpper",
    "number",
    "numeric",
    "overrideSpecial",
    "special",
    "upper",
  ],
};

/** The cost that Go's bcrypt package, and so the official plugin, uses by default. */
const bcryptCost = 10;

/** What the official plugin fills in. `number` is the old name of `numeric`. */
const defaults = {
  lower: true,
  minLower: 0,
  minNumeric: 0,
  minSpecial: 0,
  minUpper: 0,
  number: true,
  numeric: true,
  special: true,
  upper: true,
};

/** State of the official plugin carries its version, so that it does not migrate what is already right. */
const meta = { __meta: '{"schema_version":"3"}' };

/** `random:index/randomPassword:RandomPassword`: every change makes another one. */
export const randomPassword: Resource = {
  check: (inputs) => refusals("random", { ...inputs }, supported),
  diff: (request) => differenceOfInputs(request, defaults),
  create: ({ preview }, inputs) => {
    const shown = { ...defaults, ...inputs, id: "none" };
    if (preview) {
      return Promise.resolve({
        id: "",
        outputs: { ...shown, bcryptHash: unknownValue, result: unknownValue },
      });
    }
    const result = generatePassword(passwordRules({ ...defaults, ...inputs }));
    return Promise.resolve({
      id: "none",
      outputs: { ...meta, ...shown, bcryptHash: hashSync(result, bcryptCost), result },
    });
  },
  update: (_operation, { oldOutputs }) => Promise.resolve(oldOutputs),
  read: (_operation, _id, inputs, outputs) => Promise.resolve({ inputs, outputs }),
  delete: () => Promise.resolve(),
};

function passwordRules(properties: Properties): PasswordRules {
  const special = textOf(properties, "overrideSpecial");
  const count = (name: string) => numberOf(properties, name) ?? 0;
  return {
    length: count("length"),
    kinds: [
      {
        characters: "abcdefghijklmnopqrstuvwxyz",
        used: properties["lower"] === true,
        minimum: count("minLower"),
      },
      {
        characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        used: properties["upper"] === true,
        minimum: count("minUpper"),
      },
      {
        characters: "0123456789",
        used: properties["numeric"] === true && properties["number"] === true,
        minimum: count("minNumeric"),
      },
      {
        characters: special === undefined || special === "" ? "!@#$%&*()-_=+[]{}<>:?" : special,
        used: properties["special"] === true,
        minimum: count("minSpecial"),
      },
    ],
  };
}
