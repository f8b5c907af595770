/** What `static/build.mjs` puts behind `import behaviours from "behaviours:<entry>"`. */
declare module "behaviours:*" {
  type Start = (element: HTMLElement) => void | (() => void) | Promise<void>;
  const behaviours: Record<string, Start>;
  export default behaviours;
}
