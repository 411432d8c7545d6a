// A Worker that is broken: what its service bindings meet while the real one is down.

export default {
  fetch(): never {
    throw new Error("This Worker is down");
  },
};
