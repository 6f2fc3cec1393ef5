// The front page: the state comes as server-sent events, the list of documents is fetched when it has changed.

import { History } from "./history.js";
import { watch } from "./live.js";
import { takeDrops } from "./uploads.js";

const history = new History();
takeDrops();
watch((version) => history.changedTo(version));
