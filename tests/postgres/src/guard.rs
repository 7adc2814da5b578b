//! A process that outlives us by a moment, to take away what we leave.
//!
//! It reads a pipe that we hold open. However we end, even by SIGKILL, the pipe closes and the guard cleans
//! up. It has a process group of its own, so that a signal to ours does not reach it. Linux's parent-death
//! signal would not do: it follows the thread, and a lazy static is made on some test's thread.

use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// `nobody`, in every passwd file: PostgreSQL does not run as root, and asks for a user with a name.
const NOBODY: u32 = 65534;

/// A guard at work; dropping it has it clean up, and waits until it has.
#[derive(Debug)]
pub(crate) struct Guard {
    process: Child,
}

impl Guard {
    /// Starts a server; answers with the folder of its data and socket.
    pub(crate) fn serve(programs: &Path) -> io::Result<(Self, PathBuf)> {
        let mut command = shell(include_str!("guard/serve.sh"));
        command.arg(programs).arg(std::process::id().to_string());
        if is_root()? {
            command.gid(NOBODY).uid(NOBODY);
        }
        let (guard, folder) = Self::spawn(command)?;
        Ok((guard, PathBuf::from(folder)))
    }

    /// Watches over the databases of a server that is not ours: those whose name starts with `prefix`.
    pub(crate) fn sweep(psql: &Path, url: &str, prefix: &str) -> io::Result<Self> {
        let mut command = shell(include_str!("guard/sweep.sh"));
        command.arg(psql).args([url, prefix]);
        Ok(Self::spawn(command)?.0)
    }

    /// Runs the script until it has said its first line.
    fn spawn(mut command: Command) -> io::Result<(Self, String)> {
        let mut process = command.process_group(0).spawn()?;
        let stdout = process.stdout.take();
        let stderr = process.stderr.take();
        let guard = Self { process };

        let mut line = String::new();
        if let Some(stdout) = stdout {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        if line.ends_with('\n') {
            line.truncate(line.trim_end().len());
            return Ok((guard, line));
        }
        let mut reason = String::new();
        if let Some(mut stderr) = stderr {
            stderr.read_to_string(&mut reason)?;
        }
        Err(io::Error::other(format!("PostgreSQL did not start:\n{}", reason.trim_end())))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // A guard that is gone already has nothing left to wait for.
        let _ = self.process.wait();
    }
}

/// The shell with a script, in a folder that every user can enter.
fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script, "guard"]).current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn is_root() -> io::Result<bool> {
    let output = Command::new("id").arg("-u").output()?;
    Ok(output.stdout.trim_ascii() == b"0")
}
