// The one module of the pages. Without it everything works by plain links and forms; with it the pages are livelier.

import { drawChart } from "./chart.js";
import { offerCommand, offerTexts } from "./copy.js";
import { findByKeyboard } from "./find.js";
import { computeWhileMoving } from "./gas.js";
import { keepFresh } from "./live.js";
import { openHoursBeside } from "./panel.js";

drawChart();
keepFresh(drawChart);
openHoursBeside();
offerCommand(document.querySelector("form[data-command]"));
offerTexts();
findByKeyboard(document.querySelector("[data-search]"));
computeWhileMoving(document.querySelector("[data-live-form]"));
