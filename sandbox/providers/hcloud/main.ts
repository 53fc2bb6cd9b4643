import { runPlugin } from "../protocol/serve";
import { hcloudProvider } from "./hcloud-provider";

void runPlugin(hcloudProvider(process.env), process.argv.slice(2));
