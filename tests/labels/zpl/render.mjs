// Reads {zpl, width, height, dpmm} from standard input (sizes in mm, dots a millimetre) and writes
// the labels, a list of PNG in base64, to the file that is named.
import { readFileSync, writeFileSync } from "node:fs";
import { ready } from "zpl-renderer-js";

const { api } = await ready;
const { zpl, width, height, dpmm } = JSON.parse(readFileSync(0, "utf8"));
const pictures = await api.zplToBase64MultipleAsync(zpl, width, height, dpmm);
writeFileSync(process.argv[2], JSON.stringify(pictures));
process.exit(0);
