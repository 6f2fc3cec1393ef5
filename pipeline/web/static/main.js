// The front page: the state comes as server-sent events, the list of documents is fetched when it has changed.

import { Documents } from "./history.js";
import { watch } from "./live.js";
import { takeDrops } from "./uploads.js";

const documents = new Documents();
takeDrops();
watch((version) => documents.changedTo(version));
