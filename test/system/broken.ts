// A Worker that is broken: what its service bindings meet while the real one is down.

export default {
  fetch(): never {
    throw new Error("This Worker is down");
  },
};

/** Who binds the object of a Worker that is down finds it, as broken as the rest. */
export class FeedHub {
  fetch(): never {
    throw new Error("This object is down");
  }
}
