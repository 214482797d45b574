//! Scripted clients: a scenario, and the engine that runs it.

mod model; //  a scenario as a value

pub use model::{
    Action, Call, ClientSpec, Condition, CreateSpec, Environment, Expectation, ExpectedState,
    HostAction, Line, Micros, Parent, ProfileSpec, Reaction, Scenario, ScriptCall, Step, Trigger,
    WhichRegistration,
};
