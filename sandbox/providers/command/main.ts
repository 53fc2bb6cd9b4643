import { runPlugin } from "../protocol/serve";
import { commandProvider } from "./command-provider";

void runPlugin(commandProvider, process.argv.slice(2));
