import { runPlugin } from "../protocol/serve";
import { randomProvider } from "./random-provider";

void runPlugin(randomProvider, process.argv.slice(2));
