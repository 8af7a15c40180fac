-- A shop that rents out films, as MySQL's Sakila has it.
CREATE TABLE `actor` (`actor_id` smallint unsigned NOT NULL AUTO_INCREMENT, `first_name` varchar(45) NOT NULL, `last_name` varchar(45) NOT NULL,
  `last_update` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, PRIMARY KEY (`actor_id`), KEY `idx_actor_last_name` (`last_name`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE `country` (`country_id` smallint unsigned NOT NULL AUTO_INCREMENT, `country` varchar(50) NOT NULL, `last_update` timestamp NOT NULL, PRIMARY KEY (`country_id`)) ENGINE=InnoDB;
CREATE TABLE `city` (`city_id` smallint unsigned NOT NULL AUTO_INCREMENT, `city` varchar(50) NOT NULL, `country_id` smallint unsigned NOT NULL, `last_update` timestamp NOT NULL, PRIMARY KEY (`city_id`),
  CONSTRAINT `fk_city_country` FOREIGN KEY (`country_id`) REFERENCES `country` (`country_id`) ON DELETE RESTRICT ON UPDATE CASCADE) ENGINE=InnoDB;
CREATE TABLE `address` (`address_id` smallint unsigned NOT NULL AUTO_INCREMENT, `address` varchar(50) NOT NULL, `address2` varchar(50) DEFAULT NULL, `district` varchar(20) NOT NULL,
  `city_id` smallint unsigned NOT NULL, `postal_code` varchar(10) DEFAULT NULL, `phone` varchar(20) NOT NULL, `last_update` timestamp NOT NULL, PRIMARY KEY (`address_id`),
  CONSTRAINT `fk_address_city` FOREIGN KEY (`city_id`) REFERENCES `city` (`city_id`)) ENGINE=InnoDB;
CREATE TABLE `category` (`category_id` tinyint unsigned NOT NULL AUTO_INCREMENT, `name` varchar(25) NOT NULL, `last_update` timestamp NOT NULL, PRIMARY KEY (`category_id`)) ENGINE=InnoDB;
CREATE TABLE `language` (`language_id` tinyint unsigned NOT NULL AUTO_INCREMENT, `name` char(20) NOT NULL, `last_update` timestamp NOT NULL, PRIMARY KEY (`language_id`)) ENGINE=InnoDB;
CREATE TABLE `store` (`store_id` tinyint unsigned NOT NULL AUTO_INCREMENT, `manager_staff_id` tinyint unsigned NOT NULL, `address_id` smallint unsigned NOT NULL, `last_update` timestamp NOT NULL, PRIMARY KEY (`store_id`),
  UNIQUE KEY `idx_unique_manager` (`manager_staff_id`),
  CONSTRAINT `fk_store_staff` FOREIGN KEY (`manager_staff_id`) REFERENCES `staff` (`staff_id`), CONSTRAINT `fk_store_address` FOREIGN KEY (`address_id`) REFERENCES `address` (`address_id`)) ENGINE=InnoDB;
CREATE TABLE `staff` (`staff_id` tinyint unsigned NOT NULL AUTO_INCREMENT, `first_name` varchar(45) NOT NULL, `last_name` varchar(45) NOT NULL, `address_id` smallint unsigned NOT NULL, `picture` blob,
  `email` varchar(50) DEFAULT NULL, `store_id` tinyint unsigned NOT NULL, `active` boolean NOT NULL DEFAULT TRUE, `username` varchar(16) NOT NULL, `password` varchar(40) DEFAULT NULL, `last_update` timestamp NOT NULL,
  PRIMARY KEY (`staff_id`), CONSTRAINT `fk_staff_store` FOREIGN KEY (`store_id`) REFERENCES `store` (`store_id`), CONSTRAINT `fk_staff_address` FOREIGN KEY (`address_id`) REFERENCES `address` (`address_id`)) ENGINE=InnoDB;
CREATE TABLE `customer` (`customer_id` smallint unsigned NOT NULL AUTO_INCREMENT, `store_id` tinyint unsigned NOT NULL, `first_name` varchar(45) NOT NULL, `last_name` varchar(45) NOT NULL, `email` varchar(50) DEFAULT NULL,
  `address_id` smallint unsigned NOT NULL, `active` boolean NOT NULL DEFAULT TRUE, `create_date` datetime NOT NULL, `last_update` timestamp NULL, PRIMARY KEY (`customer_id`),
  CONSTRAINT `fk_customer_address` FOREIGN KEY (`address_id`) REFERENCES `address` (`address_id`), CONSTRAINT `fk_customer_store` FOREIGN KEY (`store_id`) REFERENCES `store` (`store_id`)) ENGINE=InnoDB;
CREATE TABLE `film` (`film_id` smallint unsigned NOT NULL AUTO_INCREMENT, `title` varchar(128) NOT NULL, `description` text, `release_year` year DEFAULT NULL, `language_id` tinyint unsigned NOT NULL,
  `original_language_id` tinyint unsigned DEFAULT NULL, `rental_duration` tinyint unsigned NOT NULL DEFAULT '3', `rental_rate` decimal(4,2) NOT NULL DEFAULT '4.99', `length` smallint unsigned DEFAULT NULL,
  `replacement_cost` decimal(5,2) NOT NULL DEFAULT '19.99', `rating` enum('G','PG','PG-13','R','NC-17') DEFAULT 'G', `special_features` set('Trailers','Commentaries','Deleted Scenes') DEFAULT NULL,
  `last_update` timestamp NOT NULL, PRIMARY KEY (`film_id`), CONSTRAINT `fk_film_language` FOREIGN KEY (`language_id`) REFERENCES `language` (`language_id`),
  CONSTRAINT `fk_film_language_original` FOREIGN KEY (`original_language_id`) REFERENCES `language` (`language_id`)) ENGINE=InnoDB;
CREATE TABLE `film_actor` (`actor_id` smallint unsigned NOT NULL, `film_id` smallint unsigned NOT NULL, `last_update` timestamp NOT NULL, PRIMARY KEY (`actor_id`,`film_id`),
  CONSTRAINT `fk_film_actor_actor` FOREIGN KEY (`actor_id`) REFERENCES `actor` (`actor_id`), CONSTRAINT `fk_film_actor_film` FOREIGN KEY (`film_id`) REFERENCES `film` (`film_id`)) ENGINE=InnoDB;
CREATE TABLE `film_category` (`film_id` smallint unsigned NOT NULL, `category_id` tinyint unsigned NOT NULL, `last_update` timestamp NOT NULL, PRIMARY KEY (`film_id`,`category_id`),
  CONSTRAINT `fk_film_category_film` FOREIGN KEY (`film_id`) REFERENCES `film` (`film_id`), CONSTRAINT `fk_film_category_category` FOREIGN KEY (`category_id`) REFERENCES `category` (`category_id`)) ENGINE=InnoDB;
CREATE TABLE `film_text` (`film_id` smallint unsigned NOT NULL, `title` varchar(255) NOT NULL, `description` text, PRIMARY KEY (`film_id`)) ENGINE=InnoDB;
CREATE TABLE `inventory` (`inventory_id` mediumint unsigned NOT NULL AUTO_INCREMENT, `film_id` smallint unsigned NOT NULL, `store_id` tinyint unsigned NOT NULL, `last_update` timestamp NOT NULL, PRIMARY KEY (`inventory_id`),
  CONSTRAINT `fk_inventory_store` FOREIGN KEY (`store_id`) REFERENCES `store` (`store_id`), CONSTRAINT `fk_inventory_film` FOREIGN KEY (`film_id`) REFERENCES `film` (`film_id`)) ENGINE=InnoDB;
CREATE TABLE `rental` (`rental_id` int NOT NULL AUTO_INCREMENT, `rental_date` datetime NOT NULL, `inventory_id` mediumint unsigned NOT NULL, `customer_id` smallint unsigned NOT NULL, `return_date` datetime DEFAULT NULL,
  `staff_id` tinyint unsigned NOT NULL, `last_update` timestamp NOT NULL, PRIMARY KEY (`rental_id`), CONSTRAINT `fk_rental_staff` FOREIGN KEY (`staff_id`) REFERENCES `staff` (`staff_id`),
  CONSTRAINT `fk_rental_inventory` FOREIGN KEY (`inventory_id`) REFERENCES `inventory` (`inventory_id`), CONSTRAINT `fk_rental_customer` FOREIGN KEY (`customer_id`) REFERENCES `customer` (`customer_id`)) ENGINE=InnoDB;
CREATE TABLE `payment` (`payment_id` smallint unsigned NOT NULL AUTO_INCREMENT, `customer_id` smallint unsigned NOT NULL, `staff_id` tinyint unsigned NOT NULL, `rental_id` int DEFAULT NULL, `amount` decimal(5,2) NOT NULL,
  `payment_date` datetime NOT NULL, `last_update` timestamp NULL, PRIMARY KEY (`payment_id`), CONSTRAINT `fk_payment_rental` FOREIGN KEY (`rental_id`) REFERENCES `rental` (`rental_id`) ON DELETE SET NULL,
  CONSTRAINT `fk_payment_customer` FOREIGN KEY (`customer_id`) REFERENCES `customer` (`customer_id`), CONSTRAINT `fk_payment_staff` FOREIGN KEY (`staff_id`) REFERENCES `staff` (`staff_id`)) ENGINE=InnoDB;
