// Reads {zpl, width, height, dpmm} from standard input (sizes in mm, dots a millimetre) and writes
// the labels as a list of PNG in base64.
import { readFileSync } from "node:fs";
import { ready } from "zpl-renderer-js";

const { api } = await ready;
const { zpl, width, height, dpmm } = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(await api.zplToBase64MultipleAsync(zpl, width, height, dpmm)));
process.exit(0);
