/** A worker thread that holds a share of the examples to cover. */

import { makeShare } from "./facility-share.js";
import { servePart } from "./parallel.js";

servePart(makeShare);
