//! The engine on its own: properties that hold whatever anybody does, and the stories of single rules.

mod notes;
mod outcomes;
mod properties;
mod ramp;
mod routing;
mod rulings;
mod shares;
mod simulation;
mod stories;
mod undo;
mod world;
