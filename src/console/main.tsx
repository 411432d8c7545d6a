// Where the console starts: its styles, the live feed, and the first screen.

import { render } from "preact";
import { followFeed } from "./api/feed.ts";
import { App } from "./app.tsx";
import { keepFocus } from "./parts/kept-focus.ts";
import "./style/fonts.css";
import "./style/tokens.css";
import "./style/base.css";

const place = document.getElementById("console");
if (place === null) throw new Error("The page has no place for the console");

render(<App />, place);
followFeed();
keepFocus();
