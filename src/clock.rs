//! The only place that reads the time.
