import behaviours from "behaviours:hearing";
import { boot } from "./shared/boot.js";

boot(behaviours);
