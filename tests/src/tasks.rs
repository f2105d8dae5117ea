//! Concurrent tasks.

use tokio::task::JoinSet;

/// Runs futures concurrently and returns their results in the order of completion. A panic of one ends
/// all and is propagated, even if the others wait for it.
pub async fn run_together<F>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let mut tasks: JoinSet<F::Output> = futures.into_iter().collect();
    let mut results = vec![];
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Ok(result) => results.push(result),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
    results
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Barrier;

    use super::*;

    #[tokio::test]
    async fn run_together_returns_all_results() {
        let mut results = run_together((0..3).map(|number| async move { number })).await;
        results.sort_unstable();
        assert_eq!(results, [0, 1, 2]);
    }

    #[tokio::test]
    #[should_panic(expected = "the second fails")]
    async fn run_together_fails_if_one_task_panics() {
        let barrier = Arc::new(Barrier::new(3));
        let task = |number| {
            let barrier = Arc::clone(&barrier);
            async move {
                assert_ne!(number, 1, "the second fails");
                barrier.wait().await;
            }
        };
        run_together((0..3).map(task)).await;
    }
}
