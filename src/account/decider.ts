// The account as the kernel knows it: initial state, decide, evolve.

import type { Decider } from "../event-sourcing/decider.ts";
import type { Account } from "./account.ts";
import type { AccountCommand } from "./commands.ts";
import { decide } from "./decide.ts";
import type { AccountEvent, RecordedAccountEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import type { Refusal } from "./refusals.ts";

export const accountDecider: Decider<
  Account | null,
  AccountCommand,
  AccountEvent,
  RecordedAccountEvent,
  Refusal
> = { initialState: null, decide, evolve };
