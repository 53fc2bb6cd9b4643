// Where Pulumi starts the pack. The policies are in pack.ts, which `npm run build` compiles with the program.
const { PolicyPack } = require("@pulumi/policy");
const { policies } = require("../dist/policy/pack");

new PolicyPack("team-runtime", { enforcementLevel: "mandatory", policies: policies() });
