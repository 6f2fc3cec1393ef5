// Times in the time zone of the browser, wherever the server has written them.

import { dateTime } from "./words.js";

for (const time of document.querySelectorAll("time[datetime]")) time.textContent = dateTime(time.dateTime);
