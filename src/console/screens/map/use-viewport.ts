// Moving and zooming the map: by pointer, wheel, fingers and keys.

import type { RefObject } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { fitted, moved, type Point, type Size, showing, type Viewport, zoomed } from "./viewport.ts";

const ZOOM_STEP = 1.25;
const MOVE_STEP = 60;
/** Of a wheel's turn; a pinch on a touchpad turns it less at once. */
const WHEEL_ZOOM = 0.0025;
/** Less is a click with an unsteady hand. */
const DRAG_FROM_PX = 4;

export interface ViewportControl {
  /** Of the box that the drawing is seen in. */
  readonly box: RefObject<HTMLElement | null>;
  /** Null until the box has been measured. */
  readonly view: Viewport | null;
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly fit: () => void;
  /** Brings a part of the drawing into sight. */
  readonly show: (part: Point & Size) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerEnd: (event: PointerEvent) => void;
  /** Whether what just ended was a drag, and so no click. */
  readonly wasDragged: () => boolean;
}

/** Until somebody moves it, it fits: also after what is drawn, or the window, has changed. */
export function useViewport({ width, height }: Size): ViewportControl {
  const box = useRef<HTMLElement>(null);
  const [size, setSize] = useState<Size | null>(null);
  const [chosen, setChosen] = useState<Viewport | null>(null);
  const view = chosen ?? (size === null ? null : fitted({ width, height }, size));

  const change = useCallback(
    (next: (view: Viewport, size: Size) => Viewport) => {
      if (size === null) return;
      setChosen((before) => next(before ?? fitted({ width, height }, size), size));
    },
    [size, width, height],
  );
  const zoomBy = (factor: number) => () =>
    change((now, { width: across, height: down }) => zoomed(now, factor, { x: across / 2, y: down / 2 }));
  const zoomIn = zoomBy(ZOOM_STEP);
  const zoomOut = zoomBy(1 / ZOOM_STEP);
  const fit = useCallback(() => setChosen(null), []);
  const pan = (x: number, y: number) => () => change((now) => moved(now, { x, y }));

  // Something else is drawn: it begins where it fits.
  useEffect(fit, [width, height, fit]);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const watching = new ResizeObserver(() =>
      setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    watching.observe(element);
    return () => watching.disconnect();
  }, []);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent): void => {
      // The page scrolls on, unless the map was chosen or a key says that it is meant.
      if (!event.ctrlKey && !event.metaKey && !element.contains(document.activeElement)) return;
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      const around = { x: event.clientX - left, y: event.clientY - top };
      change((now) => zoomed(now, Math.exp(-event.deltaY * WHEEL_ZOOM), around));
    };
    // Not as an attribute: those are passive, and could not keep the page from scrolling.
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [change]);

  const keys: Readonly<Record<string, () => void>> = {
    "+": zoomIn,
    "=": zoomIn,
    "-": zoomOut,
    "0": fit,
    ArrowLeft: pan(MOVE_STEP, 0),
    ArrowRight: pan(-MOVE_STEP, 0),
    ArrowUp: pan(0, MOVE_STEP),
    ArrowDown: pan(0, -MOVE_STEP),
  };
  const fingers = useRef(new Map<number, Point>());
  const draggedPx = useRef(0);

  return {
    box,
    view,
    zoomIn,
    zoomOut,
    fit,
    show: (part) => change((now, room) => showing(now, part, room)),
    onKeyDown(event) {
      const act = keys[event.key];
      if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    },
    onPointerDown(event) {
      if (event.button !== 0) return;
      if (fingers.current.size === 0) draggedPx.current = 0;
      fingers.current.set(event.pointerId, pointOf(event));
    },
    onPointerMove(event) {
      const before = fingers.current.get(event.pointerId);
      if (before === undefined) return;
      const now = pointOf(event);
      const by = { x: now.x - before.x, y: now.y - before.y };
      draggedPx.current += Math.abs(by.x) + Math.abs(by.y);
      if (draggedPx.current < DRAG_FROM_PX) return;
      // From here on it is no click, so it may leave the box without being lost.
      box.current?.setPointerCapture(event.pointerId);
      fingers.current.set(event.pointerId, now);
      const [other] = [...fingers.current].filter(([id]) => id !== event.pointerId);
      if (other === undefined) change((view) => moved(view, by));
      else change((view) => pinched(view, before, now, other[1], box.current));
    },
    onPointerEnd(event) {
      fingers.current.delete(event.pointerId);
    },
    wasDragged: () => draggedPx.current >= DRAG_FROM_PX,
  };
}

const pointOf = ({ clientX, clientY }: PointerEvent): Point => ({ x: clientX, y: clientY });

/** One of two fingers moved: what is between them grows with their distance. */
function pinched(view: Viewport, before: Point, now: Point, other: Point, box: Element | null): Viewport {
  const distance = (point: Point): number => Math.max(Math.hypot(point.x - other.x, point.y - other.y), 1);
  const { left = 0, top = 0 } = box?.getBoundingClientRect() ?? {};
  const around = { x: (now.x + other.x) / 2 - left, y: (now.y + other.y) / 2 - top };
  return zoomed(view, distance(now) / distance(before), around);
}
