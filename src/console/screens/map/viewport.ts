// What of the map is seen: how large it is drawn, and where. Pure, in the pixels of the box that it is seen in.

export interface Viewport {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

const MIN_SCALE = 0.2;
const MAX_SCALE = 2.5;
/** Smaller, its words can't be read: rather than all of it, its beginning is shown then. */
const MIN_READABLE_SCALE = 0.72;
/** Around something that is brought into sight. */
const MARGIN = 24;

/** All of it, no larger than it is; where that could not be read, its upper left part. */
export function fitted(drawing: Size, box: Size): Viewport {
  const whole = Math.min(box.width / drawing.width, box.height / drawing.height, 1);
  const scale = Math.max(whole, MIN_READABLE_SCALE);
  return {
    scale,
    x: Math.max((box.width - drawing.width * scale) / 2, 0),
    y: Math.max((box.height - drawing.height * scale) / 2, 0),
  };
}

/** What is under the point stays there. */
export function zoomed(view: Viewport, factor: number, around: Point): Viewport {
  const scale = Math.min(Math.max(view.scale * factor, MIN_SCALE), MAX_SCALE);
  const change = scale / view.scale;
  return {
    scale,
    x: around.x - (around.x - view.x) * change,
    y: around.y - (around.y - view.y) * change,
  };
}

export const moved = (view: Viewport, by: Point): Viewport => ({
  ...view,
  x: view.x + by.x,
  y: view.y + by.y,
});

/** Moved as little as needed for a part of the drawing to be seen. */
export function showing(view: Viewport, part: Point & Size, box: Size): Viewport {
  const within = (start: number, length: number, room: number): number => {
    if (start < MARGIN) return MARGIN - start;
    return Math.min(0, Math.max(room - MARGIN - start - length, MARGIN - start));
  };
  return moved(view, {
    x: within(view.x + part.x * view.scale, part.width * view.scale, box.width),
    y: within(view.y + part.y * view.scale, part.height * view.scale, box.height),
  });
}
