// The one module of the pages. Without it everything works by plain links and forms; with it the pages are livelier.

import { findByKeyboard } from "./find.js";
import { computeWhileMoving } from "./gas.js";
import { keepFresh } from "./live.js";
import { openHoursBeside } from "./panel.js";

keepFresh();
openHoursBeside();
findByKeyboard(document.querySelector("[data-search]"));
computeWhileMoving(document.querySelector("[data-live-form]"));
