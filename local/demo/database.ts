/** The demo's own database: made anew by each run. */
export const demoDatabase = "countersign_demo";
