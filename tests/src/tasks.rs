//! Tasks that run at the same time.

use tokio::task::JoinSet;

/// Runs these at the same time and gives their results in the order in which they end. A panic in
/// one ends all of them and is passed on, also where the others wait for that one.
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
    async fn run_together_gives_all_results() {
        let mut results = run_together((0..3).map(|number| async move { number })).await;
        results.sort_unstable();
        assert_eq!(results, [0, 1, 2]);
    }

    #[tokio::test]
    #[should_panic(expected = "the second fails")]
    async fn run_together_fails_though_others_wait_for_who_panicked() {
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
