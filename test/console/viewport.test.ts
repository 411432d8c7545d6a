// Moving and zooming the map.

import { expect, it } from "vitest";
import { fitted, moved, showing, zoomed } from "../../src/console/screens/map/viewport.ts";

const BOX = { width: 800, height: 400 };

it("shows all of what fits, in the middle, and never larger than it is", () => {
  expect(fitted({ width: 400, height: 200 }, BOX)).toEqual({ scale: 1, x: 200, y: 100 });
  expect(fitted({ width: 1000, height: 200 }, BOX)).toEqual({ scale: 0.8, x: 0, y: 120 });
});

it("shows the beginning of what would be too small to read", () => {
  const view = fitted({ width: 4000, height: 4000 }, BOX);
  expect(view).toMatchObject({ x: 0, y: 0 });
  expect(view.scale).toBeGreaterThan(0.7);
});

it("zooms around a point, which stays where it is, and within limits", () => {
  const view = zoomed({ scale: 1, x: 10, y: 20 }, 2, { x: 110, y: 120 });
  expect(view).toEqual({ scale: 2, x: -90, y: -80 });
  expect((110 - view.x) / view.scale).toBe(110 - 10);
  expect(zoomed(view, 1000, { x: 0, y: 0 }).scale).toBeLessThan(3);
  expect(zoomed(view, 0.0001, { x: 0, y: 0 }).scale).toBeGreaterThan(0.1);
});

it("moves no more than is needed to bring something into sight", () => {
  const view = { scale: 1, x: 0, y: 0 };
  const part = { width: 100, height: 40 };
  expect(showing(view, { ...part, x: 300, y: 100 }, BOX)).toEqual(view);
  expect(showing(view, { ...part, x: 800, y: 100 }, BOX)).toEqual(moved(view, { x: -124, y: 0 }));
  expect(showing(view, { ...part, x: 300, y: -50 }, BOX)).toEqual(moved(view, { x: 0, y: 74 }));
});
