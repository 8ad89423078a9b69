/** Loaded while the reader writes: what a report carries and a dialog need not wait for. */
import { fragment } from "../text/fragment";
import { author, section } from "./byline";
import { position, type Position } from "./position";

export interface Background {
  /** Text directive without `#:~:`; empty where none finds the place. */
  fragment: string;
  /** Who wrote the article and where it stands; empty where the page does not say. */
  author: string;
  section: string;
  /** Undefined where it is not known. */
  position?: Position | undefined;
}

export const background = (...place: Parameters<typeof fragment>): Background => ({
  fragment: fragment(...place),
  author: author(),
  section: section(),
  position: position(place[3]),
});
