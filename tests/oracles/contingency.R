# Numbers of R 4.2.2 for the tests of counts: Rscript tests/oracles/contingency.R > tests/oracles/contingency.json

table_of <- function(rows, ...) matrix(c(...), nrow = rows, byrow = TRUE)

tables <- list(
  complications = table_of(2, 99, 1, 0, 0, 96, 1, 1, 2),
  tea = table_of(2, 3, 1, 1, 3),
  two_by_six = table_of(2, 49, 58, 45, 35, 5, 6, 30, 20, 60, 31, 12, 9),
  three_by_three = table_of(3, 10, 20, 30, 15, 15, 40, 20, 8, 12),
  ties = table_of(3, 4, 0, 0, 0, 4, 0, 0, 0, 4),
  four_by_four = table_of(4, 3, 5, 2, 7, 4, 1, 8, 2, 6, 2, 2, 5, 1, 5, 3, 9),
  balanced = table_of(3, 5, 5, 5, 5, 5, 5, 8, 3, 2, 7, 6, 4, 1, 9, 5, 3, 6, 6),
  five_by_four = table_of(5, 5, 3, 2, 6, 4, 4, 1, 3, 2, 6, 5, 1, 3, 0, 2, 4, 1, 2, 2, 2),
  tall = table_of(4, 40, 30, 25, 50, 30, 31, 4, 8),
  sparse_square = table_of(5, 1, 0, 2, 1, 3, 0, 2, 1, 1, 1, 2, 2, 0, 1, 0, 1, 1, 1, 0, 0, 0, 0, 1, 2, 1),
  skewed = table_of(3, 300, 4, 2, 280, 9, 1, 290, 3, 7),
  separated = table_of(2, 40, 0, 0, 0, 30, 20)
)
fisher <- lapply(tables, function(m) list(counts = m, p = fisher.test(m, workspace = 2e7)$p.value))

trends <- list(
  dose = list(events = c(3, 7, 12, 20), totals = c(40, 41, 39, 42), scores = c(0, 1, 2, 3)),
  uneven = list(events = c(30, 25, 18), totals = c(35, 36, 38), scores = c(0, 1, 5)),
  flat = list(events = c(10, 9, 11, 10, 10), totals = rep(50, 5), scores = 1:5),
  sparse = list(events = c(0, 1, 0, 2), totals = c(5, 4, 3, 4), scores = c(1, 2, 3, 4)),
  large = list(events = c(101203, 99876, 98001), totals = c(301001, 299999, 300500), scores = c(1, 2, 3))
)
trend <- lapply(trends, function(x) {
  found <- prop.trend.test(x$events, x$totals, x$scores)
  c(x, list(statistic = unname(found$statistic), p = found$p.value))
})

pairs <- list(c(10, 27), c(11, 28), c(7, 7), c(0, 6), c(1, 0), c(13, 12), c(14, 12), c(300, 400), c(500000, 501500))
mcnemar <- lapply(pairs, function(d) {
  m <- matrix(c(30, d[1], d[2], 40), 2)
  list(
    discordant = d,
    asymptotic = mcnemar.test(m, correct = FALSE)$p.value,
    corrected = mcnemar.test(m, correct = TRUE)$p.value,
    exact = min(1, 2 * pbinom(min(d), sum(d), 0.5)),
    mid_p = min(1, 2 * pbinom(min(d), sum(d), 0.5) - dbinom(min(d), sum(d), 0.5))
  )
})

samples <- list(
  scores = c(0, 0, 1, 2, 2, 2, 3, 5, 7, 8, 8, 10),
  ten = c(3, 5, 8, 9, 12, 14, 20, 21, 24, 30),
  two = c(4, 9),
  tied = c(5, 5, 5, 5, 6)
)
quantiles <- lapply(samples, function(x) {
  by_type <- function(type) unname(quantile(x, c(0.25, 0.5, 0.75), type = type))
  interval <- t.test(x, conf.level = 0.9)$conf.int
  list(values = x, haverage = by_type(6), type7 = by_type(7), type2 = by_type(2),
       mean = mean(x), sd = sd(x), lower = interval[1], upper = interval[2])
})

shares <- list(c(0, 12), c(1, 12), c(5, 12), c(11, 12), c(12, 12), c(35, 50), c(83, 263), c(3, 1000000))
proportions <- lapply(shares, function(x) {
  wilson <- suppressWarnings(prop.test(x[1], x[2], conf.level = 0.95, correct = FALSE)$conf.int)
  corrected <- suppressWarnings(prop.test(x[1], x[2], conf.level = 0.95, correct = TRUE)$conf.int)
  exact <- binom.test(x[1], x[2], conf.level = 0.95)$conf.int
  list(successes = x[1], total = x[2], wilson = wilson[1:2], wilson_corrected = corrected[1:2],
       clopper_pearson = exact[1:2])
})

log10_two_sided <- function(log_tail) (log_tail + log(2)) / log(10)
tails <- list(
  normal = lapply(c(0.5, 1.96, 8, 37, 38.6, 70), function(z) {
    list(z = z, log10_p = log10_two_sided(pnorm(-z, log.p = TRUE)))
  }),
  chi_square = apply(expand.grid(x = c(0.02, 3.84, 50, 1500, 1e5), df = c(1, 3, 10, 100)), 1, function(row) {
    list(x = row[["x"]], df = row[["df"]], log10_p = pchisq(row[["x"]], row[["df"]], lower = FALSE, log = TRUE) / log(10))
  }),
  student = apply(expand.grid(t = c(0.1, 2, 8, 45.5, 1000), df = c(1, 2.5, 30, 400.25, 1e7)), 1, function(row) {
    list(t = row[["t"]], df = row[["df"]], log10_p = log10_two_sided(pt(-row[["t"]], row[["df"]], log.p = TRUE)))
  }),
  quantile = lapply(c(0.5, 0.9, 0.95, 0.999), function(level) {
    list(level = level, normal = qnorm((1 + level) / 2), df = c(1, 2.5, 30, 1e5),
         student = qt((1 + level) / 2, c(1, 2.5, 30, 1e5)))
  })
)

cat(jsonlite::toJSON(
  list(fisher = fisher, trend = trend, mcnemar = mcnemar, quantiles = quantiles, proportions = proportions, tails = tails),
  digits = I(17), auto_unbox = TRUE, pretty = TRUE
), "\n")
