/** Where the button at a touch selection stands. All in CSS pixels. */

/** The handles below a selection, and the system's menu above it, or below where no room is. */
const HANDLES = 40;
const MENU = 64;
const BUTTON = 48;
const EDGE = 8;
/** Half of the widest button. */
const HALF = 110;

/**
 * Below the selection and its handles; where no room is, above it and the system's menu; where
 * neither is free, at the window's foot. The place is the page's, so it scrolls with the text.
 */
export const placeBelow = (selection: Selection): string => {
  const { top, bottom, left, right } = selection.getRangeAt(0).getBoundingClientRect();
  const lowest = innerHeight - BUTTON - EDGE;
  const above = top - MENU - BUTTON;
  const below = bottom + HANDLES + (top < MENU ? MENU : 0);
  const y = below < lowest ? below : above > EDGE ? above : lowest;
  const x = Math.max(HALF, Math.min((left + right) / 2, innerWidth - HALF));
  return `.at{top:${y + scrollY}px;left:${x + scrollX}px}`;
};
