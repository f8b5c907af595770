import htmx from "htmx.org";
import behaviours from "behaviours:staff";
import { boot } from "./shared/boot.js";
import { configure } from "./shared/htmx-settings.js";

configure(htmx);
boot(behaviours);
