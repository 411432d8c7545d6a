// The query Worker: it answers every read, and writes nothing.

import { queryRoutes } from "./routes.ts";

export default queryRoutes();
